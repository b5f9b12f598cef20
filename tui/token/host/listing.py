"""Read what a token's objects mean: its certificates, and its keys without one."""

from dataclasses import replace

from tui.core.certificate import Certificate
from tui.token.host.contents import Contents, Listing
from tui.token.host.public_keys import digest_of, public_key
from tui.token.host.written import text_of
from tui.token.x509 import certificates
from tui.token.x509.lenient import alone


def read(contents: Contents) -> Listing:
    """The token's certificates (of two copies of one the copy with a key counts), and its keys without one.

    A certificate that was moved aside (`writing.write`) has its key still, as long as no other one names it.
    """
    private = [public_key(key.parts) for key in contents.private]
    public = [(key.key_id, public_key(key.parts)) for key in contents.public]
    naming = {(key_id, digest_of(key)) for key_id, key in public if key is not None}
    private_ids = {key.key_id for key in contents.private} - {b""}
    seen = {spki for _, spki in naming} | {digest_of(key) for key in private if key is not None}
    # Most private keys are invisible before login, and many have no public key object: then nothing is known.
    unknown = not private or any(key is None for key in private)
    found: dict[bytes, tuple[bool, Certificate]] = {}
    for held in contents.certificates:
        der = alone(held.der)
        certificate = certificates.read(der, held.key_id, text_of(held.label), has_private_key=True)
        names_it = held.key_id in private_ids or (held.key_id, certificate.spki) in naming
        if der and (der not in found or names_it > found[der][0]):
            found[der] = names_it, certificate
    named = {certificate.spki for names_it, certificate in found.values() if names_it}
    listed = (
        replace(c, has_private_key=names_it or (c.spki not in named and (unknown or c.spki in seen)))
        for names_it, c in found.values()
    )
    certified = {c.spki for _, c in found.values()}
    return Listing(tuple(listed), tuple(sorted({spki for _, spki in naming} - certified)))
