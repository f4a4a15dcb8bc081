import asyncio
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

def bits(values):
    return [SimData(0, values=values, datatype=DataType.BITS)]

def registers(values):
    return [SimData(0, values=values, datatype=DataType.REGISTERS)]

async def main():
    device = SimDevice(id=1, simdata=(
        bits([address % 3 == 0 for address in range(3008)]),
        bits([address % 2 == 1 for address in range(3008)]),
        registers([7 * address for address in range(3000)]),
        registers([address for address in range(3000)]),
    ))
    server = ModbusTcpServer(device, address=("127.0.0.1", 0))
    serving = asyncio.ensure_future(server.serve_forever())
    while server.transport is None:
        await asyncio.sleep(0.01)
    print(server.transport.sockets[0].getsockname()[1], flush=True)
    await serving

asyncio.run(main())
