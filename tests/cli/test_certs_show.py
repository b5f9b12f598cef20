"""`certs show`: in words and as JSON, by the real command over a SoftHSM2 token."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from tests.rig.softhsm import make_token


def test_a_certificate_is_told_in_words_and_as_json(tmp_path: Path) -> None:
    token = make_token(tmp_path / "token", key="ec256", label="双证")
    digest = hashlib.sha256(token.certificate_der).hexdigest()

    def show(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tui", "certs", "show", "--module", str(token.module), *words]
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **dict(token.environment)}
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)

    told = show("--fingerprint", digest[:8].upper())
    assert told.returncode == 0
    for words in (
        "省份：广东省",
        "EC P-256，256位",
        "数字签名、抗抵赖",
        f"SHA-256：{digest[:4].upper()} {digest[4:8].upper()}",
    ):
        assert words in told.stdout
    (row,) = json.loads(show("--json").stdout)
    assert row["certificate"]["fingerprint"] == digest
    assert row["has_private_key"]
    assert {"kind": "ST", "value": "广东省"} in row["details"]["subject"]
    assert row["details"]["usages"] == ["digitalSignature", "nonRepudiation"]
    other = show("--fingerprint", "00" * 32)
    assert (other.returncode, other.stdout, digest in other.stderr) == (2, "", True)
