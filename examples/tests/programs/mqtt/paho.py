"""Checks the broker with paho-mqtt clients. The script waits for each of their callbacks in order."""

import queue
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

HOST, PORT = sys.argv[1], int(sys.argv[2])
PATIENCE = 30


class Client:
    """A client that queues its callbacks as events."""

    def __init__(self, name, clean=True, will=None, keepalive=60):
        self.messages, self.events = queue.Queue(), queue.Queue()
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            name,
            clean_session=clean,
            protocol=mqtt.MQTTv311,
            reconnect_on_failure=False,
        )
        self.client.on_connect = lambda *args: self.events.put(("connect", args[2].session_present, args[3].value))
        self.client.on_subscribe = lambda *args: self.events.put(("subscribe", [code.value for code in args[3]]))
        self.client.on_unsubscribe = lambda *args: self.events.put(("unsubscribe",))
        self.client.on_message = lambda _client, _data, message: self.messages.put(message)
        if will:
            self.client.will_set(*will)
        self.client.connect(HOST, PORT, keepalive)
        self.client.loop_start()

    def expect(self, *event):
        found = self.events.get(timeout=PATIENCE)
        assert found == event, (found, event)

    def subscribe(self, *filters, granted):
        self.client.subscribe(list(filters))
        self.expect("subscribe", granted)

    def publish(self, *args, **options):
        self.client.publish(*args, **options).wait_for_publish(PATIENCE)

    def message(self):
        message = self.messages.get(timeout=PATIENCE)
        return message.topic, bytes(message.payload), message.qos, bool(message.retain)

    def gets(self, *message):
        found = self.message()
        assert found == message, (found, message)

    def leave(self):
        self.client.disconnect()
        self.client.loop_stop()

    def vanish(self):
        """Closes the socket without DISCONNECT."""
        self.client.socket().close()
        self.client.loop_stop()


ada = Client("ada")
ada.expect("connect", False, 0)
ada.subscribe(("room/+/temperature", 0), ("house/#", 1), ("exactly", 2), granted=[0, 1, 1])
eve = Client("eve")
eve.expect("connect", False, 0)

# Each quality of service, delivered to subscriptions with each quality of service.
for qos in (0, 1, 2):
    eve.publish("room/7/temperature", b"21.5", qos)
    ada.gets("room/7/temperature", b"21.5", 0, False)
    eve.publish("house/door", "zu".encode(), qos)
    ada.gets("house/door", b"zu", min(qos, 1), False)
    eve.publish("exactly", b"", qos)
    ada.gets("exactly", b"", min(qos, 1), False)
eve.publish("room/7/humidity", b"nobody asked", 1)

# A large message, and many messages of which several are in flight.
large = bytes(range(256)) * 800
eve.publish("house/picture", large, 1)
ada.gets("house/picture", large, 1, False)
sent = [eve.client.publish("house/count", str(number), 1) for number in range(3000)]
for number in range(3000):
    ada.gets("house/count", str(number).encode(), 1, False)
for publishing in sent:
    publishing.wait_for_publish(PATIENCE)

# A retained message.
eve.publish("house/light", b"on", 1, retain=True)
ada.gets("house/light", b"on", 1, False)
bob = Client("bob")
bob.expect("connect", False, 0)
bob.subscribe(("house/light", 1), granted=[1])
bob.gets("house/light", b"on", 1, True)
eve.publish("house/light", None, 1, retain=True)
bob.gets("house/light", b"", 1, False)
ada.gets("house/light", b"", 1, False)

# After unsubscribing, the client receives no more messages for the filter.
ada.client.unsubscribe("house/#")
ada.expect("unsubscribe")
eve.publish("house/door", b"not asked for any more", 1)
eve.publish("exactly", b"still", 1)
ada.gets("exactly", b"still", 1, False)

# The will is published if the client is lost, and not if it disconnects.
for lost in (True, False):
    doomed = Client("doomed", will=("exactly", b"lost" if lost else b"left", 1))
    doomed.expect("connect", False, 0)
    doomed.vanish() if lost else doomed.leave()
ada.gets("exactly", b"lost", 1, False)
eve.publish("exactly", b"next", 1)
ada.gets("exactly", b"next", 1, False)

# The session is kept while the client is disconnected.
keeper = Client("keeper", clean=False)
keeper.expect("connect", False, 0)
keeper.subscribe(("kept", 1), granted=[1])
keeper.leave()
for number in range(100):
    eve.publish("kept", str(number), 1)
keeper = Client("keeper", clean=False)
keeper.expect("connect", True, 0)
for number in range(100):
    keeper.gets("kept", str(number).encode(), 1, False)

for client in (ada, bob, eve, keeper):
    assert client.messages.empty() and client.events.empty()
    client.leave()
print("done")
