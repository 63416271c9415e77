#!/usr/bin/python3
"""A Modbus/TCP server and a client, both pymodbus, for record.sh.

  modbus.py serve VENDOR PRODUCT REVISION
  modbus.py poll HOST UNIT SECONDS PERIOD REQUEST...

A request is FUNCTION:ADDRESS:COUNT-OR-VALUES, say holding:0:10, input:0:4,
coil:0:8, write:100:7,8, set:3:1; "id" reads the device identification.
"""
import random
import sys
import time

from pymodbus.client import ModbusTcpClient
from pymodbus.datastore import ModbusSequentialDataBlock
from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext
from pymodbus.device import ModbusDeviceIdentification
from pymodbus.mei_message import ReadDeviceInformationRequest
from pymodbus.server import StartTcpServer


def serve(vendor, product, revision):
    def block(seed):
        values = random.Random(seed)
        return ModbusSequentialDataBlock(
            1, [values.randrange(4000) for _ in range(200)])

    bits = ModbusSequentialDataBlock(1, [False, True] * 50)
    unit = ModbusSlaveContext(
        di=bits, co=bits, hr=block(product), ir=block(revision))
    identity = ModbusDeviceIdentification(info_name={
        "VendorName": vendor, "ProductCode": product,
        "MajorMinorRevision": revision})
    StartTcpServer(
        context=ModbusServerContext(slaves={1: unit}, single=False),
        identity=identity, address=("0.0.0.0", 502))


def ask(client, unit, request):
    what, _, rest = request.partition(":")
    if what == "id":
        return client.execute(ReadDeviceInformationRequest(1, 0, unit=unit))
    address, _, rest = rest.partition(":")
    numbers = [int(number) for number in rest.split(",")]
    address = int(address)
    if what == "write":
        return client.write_registers(address, numbers, slave=unit)
    if what == "set":
        return client.write_coil(address, bool(numbers[0]), slave=unit)
    read = {"holding": client.read_holding_registers,
            "input": client.read_input_registers,
            "coil": client.read_coils,
            "discrete": client.read_discrete_inputs}[what]
    return read(address, numbers[0], slave=unit)


def poll(host, unit, seconds, period, *requests):
    client = ModbusTcpClient(host, timeout=5)
    if not client.connect():
        sys.exit("modbus.py: %s: no connection" % host)
    end = time.monotonic() + float(seconds)
    while True:
        for request in requests:
            ask(client, int(unit), request)
        if time.monotonic() + float(period) > end:
            break
        time.sleep(float(period))
    client.close()


if __name__ == "__main__":
    {"serve": serve, "poll": poll}[sys.argv[1]](*sys.argv[2:])
