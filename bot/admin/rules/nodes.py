"""The nodes of a YAML file, read one kind at a time; what is wrong is gathered with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import yaml

from bot.admin.rules import check
from bot.chat.spans import clean
from bot.refusal import Refusal

T = TypeVar("T")

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
DEEPEST = 20
_QUOTES = "Words with signs such as ? : # in them go in quotes."
LARGEST = 1_000_000
"""Characters of a file; what is longer is no set-up."""


class SetupError(Refusal):
    """A file that is no set-up: one sentence per problem, each with file and line."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = tuple(sentences)


class Problem(Exception):
    """One thing that is wrong in a file, and where."""

    def __init__(self, node: yaml.Node, sentence: str) -> None:
        super().__init__(sentence)
        self.node = node
        self.sentence = sentence


def line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def kind_of(node: yaml.Node) -> str:
    return str(node.tag).rsplit(":", 1)[-1]


class Nodes:
    """Reads the values of one file and gathers what is wrong with it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[tuple[int, str]] = []

    def compose(self, text: str) -> yaml.MappingNode:
        """The file as nodes that know their lines."""
        if len(text) > LARGEST:
            raise self.no(f"it has {len(text):,} characters; a set-up has less than {LARGEST:,}.")
        try:
            self._check_events(text)
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.reader.ReaderError as broken:
            line = text.count("\n", 0, broken.position) + 1
            sign = f"U+{int(broken.character):04X}"
            raise self.no(f"the character {sign} cannot stand in YAML.", line) from None
        except yaml.MarkedYAMLError as broken:
            mark = broken.problem_mark or broken.context_mark
            said = " ".join(f"{broken.context or ''} {broken.problem or ''}".split())
            sentence = f"this is not YAML: {said}. {_QUOTES}"
            raise self.no(sentence, mark.line + 1 if mark else 1) from None
        if root is None:
            raise self.no("it is empty. It begins with “workspaces:”; see the example.")
        if not isinstance(root, yaml.MappingNode):
            raise self.no("a set-up begins with “workspaces:”.", line_of(root))
        return root

    def no(self, sentence: str, line: int = 1) -> SetupError:
        """The end of reading this file."""
        return SetupError([f"{self.name}, line {line}: {sentence}"])

    def _check_events(self, text: str) -> None:
        """Refuse what would grow out of hand as nodes: references, and nesting without end."""
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent):
                sentence = f"*{event.anchor} refers to another place. Write it out here."
                raise self.no(sentence, line)
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise self.no("this is nested too deeply to be a set-up.", line)

    # What a node holds.

    def wrong(self, node: yaml.Node, sentence: str) -> None:
        self.problems.append((line_of(node), sentence))

    def tried(self, node: yaml.Node | None, read: Callable[[yaml.Node], T], default: T) -> T:
        """What `read` makes of a node; the default where there is none, or where it is wrong."""
        if node is None:
            return default
        try:
            return read(node)
        except Problem as problem:
            self.wrong(problem.node, problem.sentence)
        except Refusal as no:
            self.wrong(node, no.sentence)
        return default

    def pairs(
        self, node: yaml.Node, keys: Sequence[str], needs: Sequence[str] = ()
    ) -> dict[str, yaml.Node]:
        """The values of a mapping by key; unknown, repeated and missing keys are wrong."""
        if not isinstance(node, yaml.MappingNode):
            raise Problem(node, f"Here go keys with values: {', '.join(keys)}.")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            written = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if written not in keys:
                hint = check.nearest(written, keys) or f"Known here: {', '.join(keys)}."
                self.wrong(key, f"There is no key “{written[:60]}” here. {hint}")
            elif written in found:
                self.wrong(key, f"The key “{written}” stands here twice.")
            else:
                found[written] = value
        for key in needs:
            if key not in found:
                self.wrong(node, f"“{key}” is missing here.")
        return found

    def items(self, node: yaml.Node) -> Sequence[yaml.Node]:
        if isinstance(node, yaml.ScalarNode) and kind_of(node) == "null":
            return ()
        if not isinstance(node, yaml.SequenceNode):
            raise Problem(node, "Here goes a list: one per line with “- ”, or [a, b].")
        return list(node.value)

    def listed(self, node: yaml.Node | None) -> Sequence[yaml.Node]:
        """The items of a list; none where there is none, or where it is wrong."""
        nothing: Sequence[yaml.Node] = ()
        return self.tried(node, self.items, nothing)

    def every(self, node: yaml.Node | None, read: Callable[[yaml.Node], T | None]) -> tuple[T, ...]:
        """What `read` makes of each item; those that are wrong are left out."""
        found = [self.tried(item, read, None) for item in self.listed(node)]
        return tuple(one for one in found if one is not None)

    def text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or kind_of(node) in ("null", "bool"):
            if kind_of(node) == "bool":
                raise Problem(node, f"YAML reads {node.value} as a yes or no. Put it in quotes.")
            raise Problem(node, "Here go words.")
        words = " ".join(clean(str(node.value)).split())
        if not words:
            raise Problem(node, "This is empty.")
        return words

    def short(self, node: yaml.Node) -> str:
        words = self.text(node)
        if len(words) > check.LONGEST_NAME:
            raise Problem(
                node,
                f"“{words[:40]}…” has {len(words)} characters; at most {check.LONGEST_NAME} fit.",
            )
        return words

    def id(self, node: yaml.Node) -> str:
        words = self.text(node)
        if not ID.fullmatch(words):
            raise Problem(
                node,
                f"“{words[:60]}” is no id: letters and digits, as the platform shows it, such as C01GEN.",
            )
        return words

    def one_of(self, *known: str) -> Callable[[yaml.Node], str]:
        def read(node: yaml.Node) -> str:
            words = self.text(node)
            if words not in known:
                raise Problem(
                    node, f"“{words[:60]}” does not fit here. {check.nearest(words, known)}"
                )
            return words

        return read

    def whole(self, least: int, most: int) -> Callable[[yaml.Node], int]:
        def read(node: yaml.Node) -> int:
            words = self.text(node)
            if not re.fullmatch(r"[0-9]{1,9}", words, re.ASCII) or not least <= int(words) <= most:
                raise Problem(node, f"“{words[:40]}” is no whole number from {least} to {most}.")
            return int(words)

        return read

    def truth(self, node: yaml.Node) -> bool:
        words = str(node.value).casefold()
        if kind_of(node) != "bool":
            raise Problem(node, "Here goes true or false.")
        return words in ("true", "yes", "on")

    def list_of(self, node: yaml.Node | None, read: Callable[[yaml.Node], str]) -> tuple[str, ...]:
        found = self.every(node, read)
        if node is not None and (sentence := check.said_twice(found)):
            self.wrong(node, sentence)
        return tuple(dict.fromkeys(found))
