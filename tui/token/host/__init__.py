"""What runs in the driver's process: the PKCS#11 module and all that is asked of it."""
