"""The account of frames: does what otcap says of a capture add up?"""

import csv


def manifest(shared):
    """Frames of each capture by its manifest; None where it is not sure."""
    with open(shared + "/pcaps/MANIFEST.tsv", encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {row["path"]: int(row["packets"]) if row["packets"].isdigit()
                else None for row in rows}


def faults(reading, packets):
    """What is wrong with the account of a reading: a list of sentences."""
    found = []
    if reading.status not in (0, 3):
        found.append(f"status {reading.status}: {reading.messages[:2000]}")
    if reading.status == 3 and not reading.messages.strip():
        found.append("status 3 without a message")
    if packets is None:
        return found
    captures = reading.of("capture")
    if len(captures) != 1:
        return found + [f"{len(captures)} capture records"]
    capture = captures[0]
    account = capture["account"]
    if capture["frames"] != packets:
        found.append(f"frames {capture['frames']}, manifest {packets}")
    if sum(account.values()) != capture["frames"]:
        found.append(f"account adds up to {sum(account.values())},"
                     f" frames {capture['frames']}")
    packet_frames = capture["frames"] - sum(
        account.get(no_packet, 0)
        for no_packet in ("twin", "link_type", "malformed"))
    told = capture["flow_frames"] + capture["attempt_frames"]
    if told != packet_frames:
        found.append(f"flows and attempts hold {told} frames,"
                     f" packets came in {packet_frames}")
    return found
