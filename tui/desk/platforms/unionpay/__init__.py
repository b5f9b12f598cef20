"""UnionPay 全渠道 5.1.0."""
