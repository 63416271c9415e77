"""Synchrophasors: commands and the ids they are for. Data is one operation a
stream, so its frames are not counted; names of stations in configuration 2
stand in no field of tshark's."""

from collections import Counter

COMMAND = 4


def frames(frames_):
    rows = Counter()
    for frame in frames_:
        if frame.over("_ws.malformed"):
            continue
        commands = iter(frame.all("synphasor.command"))
        for type_, id_ in zip(frame.all("synphasor.frtype"),
                              frame.all("synphasor.idcode_stream_source")):
            if int(type_, 0) == COMMAND:
                command = int(next(commands, "0"), 0)
                rows["synchrophasor", "command", f"{command} id {id_}"] += 1
    return rows


def records(reading):
    rows = Counter()
    for operation in reading.operations("synchrophasor"):
        if "code" in operation and operation.get("request", True):
            command = f"{operation['code']} {operation['object']}"
            rows["synchrophasor", "command", command] += operation["count"]
    return rows
