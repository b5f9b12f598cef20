"""The least Python that lists every certificate of every token, as JSON; the module's path is the only argument."""

import json
import sys

import PyKCS11
from cryptography import x509


def main() -> None:
    """One process, both libraries, nothing else."""
    library = PyKCS11.PyKCS11Lib()
    library.load(sys.argv[1])
    rows = []
    for slot in library.getSlotList(tokenPresent=True):
        token = library.getTokenInfo(slot)
        if not token.flags & PyKCS11.CKF_TOKEN_INITIALIZED:
            continue
        session = library.openSession(slot)
        for handle in session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE)]):
            value, identity = session.getAttributeValue(handle, [PyKCS11.CKA_VALUE, PyKCS11.CKA_ID])
            certificate = x509.load_der_x509_certificate(bytes(value))
            rows.append(
                {
                    "token": token.label.strip(),
                    "subject": certificate.subject.rfc4514_string(),
                    "serial": f"{certificate.serial_number:x}",
                    "id": bytes(identity).hex(),
                    "not_before": certificate.not_valid_before_utc.isoformat(),
                    "not_after": certificate.not_valid_after_utc.isoformat(),
                }
            )
    print(json.dumps(rows, ensure_ascii=False))


if __name__ == "__main__":
    main()
