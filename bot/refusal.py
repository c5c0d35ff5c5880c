"""How the core says no."""


class Refusal(Exception):
    """What was asked cannot be done: the sentence tells the person who asked why, and what can be done instead.

    `field` names the field of a form that the sentence belongs beside.
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
