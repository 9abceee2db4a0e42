"""Free TCP ports on the loopback, and who holds a taken one."""

import errno
import socket

import psutil


def refusal(host: str, port: int) -> OSError | None:
    """Why no server could listen there now; None when one could."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None


def is_taken(error: OSError | None) -> bool:
    """Whether the reason is that somebody listens there already."""
    return error is not None and error.errno == errno.EADDRINUSE


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    return refusal(host, port) is None


def next_free(host: str, port: int) -> int:
    """The first port above `port` where a server could listen; `port` itself when there is none."""
    return next((other for other in range(port + 1, 65536) if is_free(host, other)), port)


def free_port() -> int:
    """A port that nobody listens to on the loopback, chosen by the system."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def holder(port: int) -> str:
    """Words for the process that listens on `port`, as far as we may know it."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return "another process"
    for connection in connections:
        if (
            connection.status == psutil.CONN_LISTEN
            and connection.laddr
            and connection.laddr.port == port
            and connection.pid
        ):
            try:
                return f"“{psutil.Process(connection.pid).name()}” (process {connection.pid})"
            except psutil.Error:
                break
    return "a process of another user"
