"""The desk over HTTPS: one client, every fault mapped once, every foreign text cleaned."""
