"""What is hidden: a Modbus write and an S7 stop, and the innocent messages
around them."""
import struct


def modbus(transaction, body, unit=1):
    return struct.pack('>HHHB', transaction, 0, len(body) + 1, unit) + body


def read(transaction=1):
    return modbus(transaction, bytes.fromhex('03 0000 0001'))


def write(transaction=1):
    """Write single register 100."""
    return modbus(transaction, bytes.fromhex('06 0064 1234'))


def long_write(transaction=1):
    """Write multiple registers 100-199."""
    return modbus(transaction, bytes.fromhex('10 0064 0064 c8') + bytes(200))


def read_answer(transaction=1):
    return modbus(transaction, bytes.fromhex('03 02 0007'))


def write_answer(transaction=1):
    return modbus(transaction, bytes.fromhex('06 0064 1234'))


def tpkt(cotp):
    return struct.pack('>BBH', 3, 0, 4 + len(cotp)) + cotp


def data(s7, last=True):
    return tpkt(bytes([2, 0xf0, 0x80 if last else 0]) + s7)


COTP_CONNECT = tpkt(bytes.fromhex('11e0 0000 0001 00 c00109 c1020100 c2020102'))
COTP_CONFIRM = tpkt(bytes.fromhex('11d0 0001 0002 00 c00109 c1020100 c2020102'))
S7_SETUP = data(bytes.fromhex('32010000000000080000 f0000001000101e0'))
S7_SETUP_ACK = data(bytes.fromhex('320300000000000800000000 f0000001000100f0'))
S7_READ = data(bytes.fromhex(
    '320100000001000e0000 0401120a10020001000184000000'))
S7_READ_ACK = data(bytes.fromhex(
    '320300000001000200050000 0401 ff04000807'.replace(' ', '')))
STOP = bytes.fromhex('32010000000100100000 29 0000000000 09 505f50524f4752414d')
S7_STOP = data(STOP)
S7_STOP_ACK = data(bytes.fromhex('320300000001000100000000 29'))
