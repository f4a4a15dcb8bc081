import sys

from pymodbus.client import ModbusTcpClient

client = ModbusTcpClient(sys.argv[1], port=int(sys.argv[2]), timeout=30, retries=0)
assert client.connect()


def refused(response, code):
    assert response.isError() and response.exception_code == code, response


def bits(response, count):
    assert not response.isError(), response
    return response.bits[:count]


def registers(response):
    assert not response.isError(), response
    return response.registers


assert bits(client.read_discrete_inputs(1, count=11), 11) == [True, False] * 5 + [True]
assert bits(client.read_discrete_inputs(0, count=1000), 1000) == [False, True] * 500
assert registers(client.read_input_registers(100, count=125)) == list(range(100, 225))

assert not client.write_coil(3, True).isError()
assert not client.write_coils(5, [True, False, True, True, False, True, True, True, True, False, True]).isError()
assert bits(client.read_coils(2, count=15), 15) == [
    False, True, False, True, False, True, True, False, True, True, True, True, False, True, False,
]
assert not client.write_coil(3, False).isError()
assert bits(client.read_coils(3), 1) == [False]

assert not client.write_register(7, 0xBEEF).isError()
assert not client.write_registers(8, list(range(123))).isError()
assert registers(client.read_holding_registers(6, count=125)) == [0, 0xBEEF] + list(range(123))

# The reply repeats the unit.
assert client.read_coils(0, device_id=17).dev_id == 17

# Addresses that do not exist, and functions that this device does not support.
refused(client.read_coils(1000), 2)
refused(client.read_holding_registers(999, count=2), 2)
refused(client.write_register(1000, 1), 2)
refused(client.write_coils(990, [True] * 11), 2)
refused(client.mask_write_register(address=1, and_mask=2, or_mask=3), 1)
refused(client.read_exception_status(), 1)
refused(client.report_device_id(), 1)
refused(client.readwrite_registers(read_address=1, read_count=1, write_address=1, values=[1]), 1)
refused(client.read_device_information(), 1)

client.close()
print("done")
