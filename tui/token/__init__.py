"""Tokens behind PKCS#11: each driver runs in a child process of its own, the kiosk only talks to it.

`tokens.Tokens` is the adapter for `journey.ports.TokenPort`; only the children import PyKCS11 and cryptography.
"""
