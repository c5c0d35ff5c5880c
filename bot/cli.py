"""The `outloud` command: exit status 0 when done, 1 when it failed, 2 for wrong usage or settings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.settings import Settings, SettingsError

if TYPE_CHECKING:
    from bot.engine.dead import Dead, Deed

app = typer.Typer(
    name="outloud",
    help="A chat bot for narrating work.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """Run the command."""
    app()


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"outloud {version('outloud')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """A chat bot for narrating work."""


def fail(*sentences: str, status: int = 1) -> NoReturn:
    """Say what is wrong on standard error, and leave."""
    for sentence in sentences:
        typer.echo(sentence, err=True)
    raise typer.Exit(status)


@contextmanager
def _settings(*ignoring: str) -> Iterator[Settings]:
    """The settings; what goes wrong while they are used ends the command with a sentence."""
    from bot.app import StartError
    from bot.refusal import Refusal

    try:
        settings = Settings.read(ignoring=ignoring)
    except SettingsError as wrong:
        fail(*wrong.sentences, status=2)
    try:
        yield settings
    except SettingsError as wrong:
        fail(*wrong.sentences, status=2)
    except StartError as problem:
        fail(str(problem))
    except Refusal as no:
        fail(no.sentence)


@app.command()
def run() -> None:
    """Migrate, then run until told to stop."""
    import uvloop

    from bot import app as outloud
    from bot import logs, migrating, serving

    with _settings() as settings:
        logs.set_up(settings.log)
        asyncio.run(outloud.check_database(settings))
        migrating.migrate(settings.database_url)

        def started(address: str) -> None:
            typer.echo(f"Outloud is ready at {address} (stop it with Ctrl-C).")

        uvloop.run(serving.run(settings, started=started))


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    from bot import app as outloud
    from bot import migrating

    with _settings() as settings:
        asyncio.run(outloud.check_database(settings))
        migrating.migrate(settings.database_url)
        typer.echo("The database is up to date.")


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="A setup.yaml.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan, change nothing.")
    ] = False,
) -> None:
    """Make the set-up what a file says: all of it, or nothing."""
    from bot import app as outloud

    with _settings() as settings:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            reason = getattr(problem, "strerror", None) or "it is not text in UTF-8"
            fail(f"{file} cannot be read: {reason}.")
        for line in asyncio.run(outloud.apply(settings, str(file), text, dry_run=dry_run)):
            typer.echo(line)


@app.command()
def show_setup() -> None:
    """Print the set-up as a file that `apply` takes."""
    from bot import app as outloud

    with _settings() as settings:
        typer.echo(asyncio.run(outloud.show_setup(settings)), nl=False)


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("outloud-export"),
) -> None:
    """Write everything that is kept to JSON files, one per workspace, and the set-up beside them.

    The files hold people's words, so only whoever runs this can read them.
    """
    from bot import app as outloud

    def write(name: str, text: str) -> None:
        file = out / name
        try:
            out.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.chmod(0o600)
            file.write_text(text, encoding="utf-8")
        except OSError as problem:
            fail(f"{file} cannot be written: {problem.strerror}. Name another folder with --out.")

    with _settings() as settings:
        for line in asyncio.run(outloud.export(settings, write)):
            typer.echo(str(out / line))


@app.command()
def doctor() -> None:
    """Check everything that Outloud needs, and say what to do about what is missing."""
    from bot import doctor as checks

    with _settings() as settings:
        findings = asyncio.run(checks.examine(settings))
        for finding in findings:
            typer.echo(f"{'ok ' if finding.fine else 'NO '} {finding.sentence}")
        if not all(finding.fine for finding in findings):
            fail("Mend what is marked NO above, then run outloud doctor again.")


dead_messages = typer.Typer(
    help="Messages that were given up: list them, try them again, or drop them.",
    no_args_is_help=True,
)
app.add_typer(dead_messages, name="dead")
Keys = Annotated[list[str] | None, typer.Argument(help="Their keys, as `dead list` shows them.")]
All = Annotated[bool, typer.Option("--all", help="All of them.")]


@dead_messages.command("list")
def dead_list() -> None:
    """List the messages that were given up: key, place, since when, and why."""
    from bot.engine import dead

    with _settings() as settings:
        for one in asyncio.run(_dead(settings, dead.look, [])):
            since = f"{one.queued_at:%Y-%m-%d %H:%M} UTC"
            typer.echo(f"{one.key}  {one.to}  {since}  {one.reason}")


@dead_messages.command("retry")
def dead_retry(keys: Keys = None, every: All = False) -> None:
    """Try messages again; a running Outloud sends them within one tick."""
    from bot.engine import dead

    with _settings() as settings:
        done = _on_dead(settings, dead.retry, keys, every=every)
        typer.echo(f"Queued again: {done}.")


@dead_messages.command("drop")
def dead_drop(keys: Keys = None, every: All = False) -> None:
    """Never try messages again; what stands of them on a platform stays as it is."""
    from bot.engine import dead

    with _settings() as settings:
        done = _on_dead(settings, dead.drop, keys, every=every)
        typer.echo(f"Dropped: {done}.")


async def _dead(settings: Settings, deed: Deed, keys: list[str]) -> list[Dead]:
    from bot import app as outloud
    from bot import migrating
    from bot.engine import dead
    from bot.store.session import Store

    await outloud.check_database(settings)
    store = Store(settings.database_url)
    try:
        if late := await migrating.behind(store):
            raise outloud.StartError(late)
        return await dead.each(store, deed, keys)
    finally:
        await store.close()


def _on_dead(settings: Settings, deed: Deed, keys: list[str] | None, *, every: bool) -> int:
    """Do something with given-up messages, and say with how many."""
    if bool(keys) == every:
        fail("Name the keys that `outloud dead list` shows, or say --all.", status=2)
    done = asyncio.run(_dead(settings, deed, keys or []))
    missing = sorted(set(keys or []) - {one.key for one in done})
    if missing:
        fail(f"No message was given up under {', '.join(missing)}: see outloud dead list.")
    return len(done)


manifests = typer.Typer(
    help="Print what a platform wants to know of the app.", no_args_is_help=True
)
app.add_typer(manifests, name="manifest")


@manifests.command("slack")
def manifest_slack(
    prefix: Annotated[str, typer.Option(help="Put before every command's name.")] = "",
    http: Annotated[
        bool, typer.Option("--http", help="For signed HTTP events at OUTLOUD_PUBLIC_URL.")
    ] = False,
) -> None:
    """Print the manifest of the Slack app: exactly the permissions, events and commands in use."""
    from bot import app as outloud

    # The app is made before there are tokens to set.
    with _settings("OUTLOUD_PLATFORMS") as settings:
        typer.echo(outloud.slack_manifest(settings, prefix=prefix, socket=not http))
