"""The renewal service: accounts, prices, applications, payments, issuing, invoices and messages."""
