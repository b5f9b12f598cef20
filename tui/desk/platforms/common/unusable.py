"""A payment setting that cannot be used."""


class UnusableSetting(ValueError):  # noqa: N818
    """One field of a settings class has a value of the right type and of no use."""

    def __init__(self, field: str, why: str) -> None:
        """Keep the field's name and what is wrong with it, without its value."""
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why
