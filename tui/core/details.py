"""What a certificate says beyond what its renewal asks of it, for people to look at."""

from tui.core.frozen import frozen


@frozen
class Named:
    """A value with what it is."""

    kind: str
    """Short name of an attribute (RFC 4514) or of a general name (RFC 5280 4.2.1.6), or a dotted OID."""
    value: str
    """Safe to show."""


@frozen
class Details:
    """By the standards' own names; empty what is absent or cannot be read. All of it is safe to show."""

    subject: tuple[Named, ...] = ()
    """In the certificate's own order, mostly from the country to the name."""
    issuer: tuple[Named, ...] = ()
    signature: str = ""
    """The algorithm that the issuer signed by."""
    usages: tuple[str, ...] = ()
    """keyUsage (RFC 5280 4.2.1.3)."""
    purposes: tuple[str, ...] = ()
    """extKeyUsage (4.2.1.12); dotted OIDs of those that are not known."""
    authority: bool = False
    """cA in basicConstraints (4.2.1.9)."""
    names: tuple[Named, ...] = ()
    """subjectAltName (4.2.1.6)."""
    policies: tuple[str, ...] = ()
    """certificatePolicies (4.2.1.4), dotted OIDs."""
    statements: tuple[str, ...] = ()
    """Where the certification practice statements stand (4.2.1.4)."""
    revocation_lists: tuple[str, ...] = ()
    """Where the CRLs are (4.2.1.13): addresses, or names of a directory."""
    responders: tuple[str, ...] = ()
    """Where OCSP is spoken (4.2.2.1)."""
    issuers: tuple[str, ...] = ()
    """Where the issuer's own certificate is (4.2.2.1)."""
    key_id: str = ""
    """subjectKeyIdentifier (4.2.1.2), lower-case hex."""
    issuer_key_id: str = ""
    """authorityKeyIdentifier (4.2.1.1), lower-case hex."""
    codes: tuple[Named, ...] = ()
    """Extensions of the CAs' own that hold a text: the holder's numbers (GM/T 0015), a unique number of the CA."""
    others: tuple[str, ...] = ()
    """Dotted OIDs of the extensions of which nothing is told above."""
