"""The desk over HTTPS: one httpx client, every fault mapped once, every foreign text cleaned."""
