"""Where the embedded CA has its key, its certificates, and what it has issued."""

from pathlib import Path

from tui.desk.ca.rules import CaRules
from tui.desk.settings_reader import SecretPath


class LocalCaSettings(CaRules, frozen=True, kw_only=True, tag="local"):
    """Table [ca] with ``kind = "local"``."""

    certificate: Path
    key: SecretPath
    directory: Path | None = None
    """Where issued certificates are kept; `issued` beside the certificate when not named."""
    retired_certificate_files: tuple[Path, ...] = ()
    """PEM files of this CA's earlier certificates: what they issued is renewed by the key of now."""

    @property
    def issued(self) -> Path:
        """The directory of issued certificates."""
        return self.directory or self.certificate.parent / "issued"
