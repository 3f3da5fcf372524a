"""Who can reach this server: the names it answers to, and whether it serves this machine alone."""

from ipaddress import ip_address

import streamlit as st


def is_loopback(host: str) -> bool:
    """Whether a host's name or address leads back to this machine, whoever asks."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_alone() -> bool:
    """Whether nobody but this machine can reach the server: it listens on loopback, and answers to no other name."""
    return is_loopback(st.get_option("server.address") or "") and all(
        map(is_loopback, st.get_option("server.allowedHosts") or []))
