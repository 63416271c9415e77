"""Each protocol that is compared: its rows by tshark, its rows by otcap."""

from collections import Counter

import functions
import iec104
import iec61850
import mqtt
import names
import opcua
import profinet
import services
import synchrophasor

COMPARED = [
    (functions.modbus_frames, functions.modbus_records),
    (functions.s7comm_frames, functions.s7comm_records),
    (functions.enip_frames, functions.cip_records),
    (functions.cip_frames, None),
    (functions.dnp3_frames, functions.dnp3_records),
    (iec104.frames, iec104.records),
    (mqtt.frames, mqtt.records),
    (opcua.frames, opcua.records),
    (synchrophasor.frames, synchrophasor.records),
    (functions.dhcp_frames, functions.dhcp_records),
    (functions.arp_frames, functions.arp_records),
    (functions.pn_dcp_frames, functions.pn_dcp_records),
    (services.bacnet_frames, services.bacnet_records),
    (services.fins_frames, services.fins_records),
    (services.snmp_frames, services.snmp_records),
    (services.hartip_frames, services.hartip_records),
    (services.ads_frames, services.ads_records),
    (iec61850.goose_frames, iec61850.goose_records),
    (iec61850.sv_frames, iec61850.sv_records),
    (iec61850.mms_frames, iec61850.mms_records),
    (profinet.pn_rt_frames, profinet.pn_rt_records),
    (profinet.dcp_names_frames, profinet.dcp_names_records),
    (profinet.pn_cm_frames, profinet.pn_cm_records),
    (names.dns_frames, names.dns_records),
    (names.tls_frames, names.tls_records),
    (names.dhcp_frames, names.dhcp_records),
    (names.http_frames, names.http_records),
    (names.ssh_frames, names.ssh_records),
    (names.lldp_frames, names.lldp_records),
]


def compare(frames, reading):
    expected, found = Counter(), Counter()
    frames = [f for f in frames if not f.quoted and not f.copy]
    for of_frames, of_records in COMPARED:
        if of_frames:
            expected.update(of_frames(frames))
        if of_records:
            found.update(of_records(reading))
    return expected, found
