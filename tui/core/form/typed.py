"""Which characters can be typed, for whoever reads keys before a form is there."""


def is_typed(character: str) -> bool:
    """Whether it shows when it is typed: also what Python does not know, and what a field then refuses in words.

    U+FFFD is typed by nobody: something stood there that got lost on the way.
    """
    if character.isprintable():
        return character != "\ufffd"
    from tui.core.form.characters import clean  # its expressions take milliseconds that the first screen needs

    half = "\ud800" <= character <= "\udfff"  # also what stands for a byte that is not UTF-8 (PEP 383)
    return not half and clean(character) == character
