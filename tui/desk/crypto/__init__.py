"""Keys, certificates, requests and signatures as the desk reads and verifies them."""
