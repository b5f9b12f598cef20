"""Alipay, played."""
