"""PKCS#11 as any program uses it, to be called in a `tests.rig.child` process: nothing looks at the slots again."""

from functools import cache

import PyKCS11

from tests.rig.card.pcscd import MODULE


@cache
def _session() -> PyKCS11.Session:
    library = PyKCS11.PyKCS11Lib()
    library.load(str(MODULE))
    return library.openSession(library.getSlotList(tokenPresent=True)[0])


def login(pin: str) -> None:
    """Log in on the token that is in."""
    _session().login(pin)


def sign(data: bytes) -> bytes:
    """Sign with the first private key (CKM_SHA256_RSA_PKCS)."""
    (key, *_) = _session().findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY)])
    return bytes(_session().sign(key, data, PyKCS11.Mechanism(PyKCS11.CKM_SHA256_RSA_PKCS)))
