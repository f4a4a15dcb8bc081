import sys

from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

url = sys.argv[1]
with connect(url, compression=None, max_size=None) as ws:
    for message in ["", "hello", "µ" * 40_000, b"", bytes(range(256)), b"x" * 3_000_000]:
        ws.send(message)
        assert ws.recv() == message
    ws.send(["in ", "three ", "pieces"])
    assert ws.recv() == "in three pieces"
    ws.send(iter([b"ab", b"", b"c"]))
    assert ws.recv() == b"abc"
    assert ws.ping().wait(10)
    ws.close(4000, "enough")
assert ws.protocol.close_rcvd.code == 4000

# The client offers compression, which the server does not use.
with connect(url) as ws:
    assert not ws.protocol.extensions
    ws.send("plain")
    assert ws.recv() == "plain"

# A text message that is not UTF-8 closes the connection.
with connect(url) as ws:
    ws.send(b"\xff", text=True)
    try:
        ws.recv()
    except ConnectionClosedError as error:
        assert error.rcvd.code == 1007, error
    else:
        raise AssertionError("it came back")
print("done")
