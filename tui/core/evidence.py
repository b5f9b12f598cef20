"""The exact bytes that the old key and the new key sign; the same code at kiosk and desk.

RSA keys sign by the application's scheme (`core.policy.SignatureScheme`), EC keys with ECDSA, all with SHA-256. Under
key policy `keep` old key and new key are one; the old certificate signs the evidence, the new one tells of the proof.
"""

_PROOF_DOMAIN = b"CA-RENEWAL-PROOF-1\n"


def evidence_content(statement: str, csr_pem: bytes) -> bytes:
    """Content of the CMS SignedData (RFC 5652, attached): the statement's text, a line break, the CSR in PEM."""
    return statement.encode() + b"\n" + csr_pem


def proof_message(business_no: str, fingerprint: str, challenge: bytes) -> bytes:
    """What the new key signs to prove that it fits the installed certificate.

    `fingerprint` is the SHA-256 of the new certificate's DER in hex, `challenge` the desk's random bytes.
    """
    return _PROOF_DOMAIN + f"{business_no}\n{fingerprint}\n".encode() + challenge
