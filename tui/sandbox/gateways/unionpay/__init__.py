"""UnionPay, played."""
