from websockets.sync.server import serve


def talk(ws):
    for message in ws:
        if message == "pieces":
            ws.send(["in ", "three ", "pieces"])
        elif message == "ping":
            answered = ws.ping(b"?").wait(10)
            ws.send(f"pong: {answered}")
        elif message == "close":
            ws.close(4001, "enough")
        else:
            ws.send(message)


with serve(talk, "127.0.0.1", 0) as server:
    print(server.socket.getsockname()[1], flush=True)
    server.serve_forever()
