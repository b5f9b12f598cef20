"""The one spacing of Chinese texts (assets/docs/words.md): for messages, screens, receipts, SMS and mail."""

import re

HAN = r"[\u2e80-\u9fff]"
VALUE = r"[A-Za-z0-9{}]"
BLANK = re.compile(rf"{HAN} {VALUE}|{VALUE} {HAN}|[，。；：！？）」] {HAN}")
"""A blank where none stands: between Chinese and a Latin letter, a digit or a value, and after a mark."""
NAMES = re.compile(r"\d日 \d\d:\d\d|NETCA 演示 CA")
"""A day and its time, and a name as its owner writes it."""
