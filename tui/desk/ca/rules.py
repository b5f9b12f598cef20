"""What holds for certificates of any CA, whoever issues them and wherever its keys are."""

from msgspec import Struct

from tui.core.policy import KeyPolicy, OldPair, SignatureScheme
from tui.desk.settings_reader import UnusableSetting


class CaRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """Table [ca] as far as every CA has it; an application under way keeps the rules that it began with."""

    key_policy: KeyPolicy = KeyPolicy.REKEY
    old_pair: OldPair = OldPair.KEEP
    signature: SignatureScheme = SignatureScheme.PKCS1
    """How RSA keys sign request, evidence and proof."""

    def __post_init__(self) -> None:
        """Refuse rules that contradict each other.

        :raises UnusableSetting: names the field.
        """
        if self.key_policy is KeyPolicy.KEEP and self.old_pair is OldPair.DELETE:
            raise UnusableSetting("old_pair", "must be keep where key_policy is: the old key is the new one")
