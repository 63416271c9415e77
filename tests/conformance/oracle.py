"""What tshark says of a capture: one run, all fields of all frames."""

import itertools
import os
import subprocess
import tempfile

SEPARATOR = "\x1e"  # between fields
AGGREGATOR = "\x1f"  # between the occurrences of one field

FIELDS = [
    "frame.number", "frame.protocols", "frame.len", "frame.time_epoch",
    "eth.src", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "ip.id",
    "ip.checksum", "ip.ttl", "ipv6.hlim",
    "tcp.srcport", "tcp.dstport", "tcp.checksum",
    "udp.srcport", "udp.dstport", "udp.checksum",
    "arp.opcode", "pn_dcp.service_id", "pn_dcp.service_type",
    "goose.gocbRef", "goose.datSet", "goose.stNum",
    "sv.svID", "sv.confRev", "sv.smpSynch",
    "eth.dst", "pn_rt.frame_id", "pn_rt.ds", "pn_io.alarm_type",
    "pn_dcp.suboption_device_nameofstation", "pn_dcp.suboption_vendor_id",
    "pn_dcp.suboption_device_id", "pn_dcp.suboption_ip_ip",
    "pn_dcp.suboption_ip_subnetmask",
    "pn_dcp.suboption_ip_standard_gateway",
    "dcerpc.dg_if_id", "dcerpc.pkt_type", "dcerpc.opnum", "pn_io.index",
    "pn_io.api", "pn_io.slot_nr", "pn_io.subslot_nr",
    "pn_io.cminitiator_station_name", "pn_io.own_chassis_id",
    "pn_io.peer_chassis_id", "pn_io.peer_port_id",
    "pn_io.ip_address", "pn_io.subnetmask",
    "pn_io.standard_gateway", "pn_io.iocr_type", "pn_io.frame_id",
    "mms.confirmedServiceRequest", "mms.confirmedServiceResponse",
    "mms.listOfVariable_item_element", "mms.itemId", "mms.vendorName",
    "mms.domainId", "acse.aarq_element", "acse.ap_title_form2",
    "mms.modelName", "mms.revision",
    "mbtcp.unit_id", "modbus.func_code",
    "s7comm.header.rosctr", "s7comm.param.func", "s7comm.param.itemcount",
    "s7comm.param.userdata.type", "s7comm.param.userdata.funcgroup",
    "s7comm.param.userdata.subfunc", "s7comm.data.userdata.szl_id",
    "s7comm.varstat.item_count",
    "enip.command", "cip.rr", "cip.sc", "cip.cm.msg_req_size",
    "dnp3.al.func", "dnp3.al.obj", "dnp3.al.ctrlstatus",
    "iec60870_104.type", "iec60870_104.utype",
    "iec60870_asdu.typeid", "iec60870_asdu.causetx", "iec60870_asdu.nega",
    "iec60870_asdu.addr", "iec60870_asdu.numix", "iec60870_asdu.ioa",
    "iec60870_asdu.sco.se", "iec60870_asdu.dco.se", "iec60870_asdu.rco.se",
    "iec60870_asdu.qos.se",
    "synphasor.frtype", "synphasor.command",
    "synphasor.idcode_stream_source",
    "mqtt.msgtype", "mqtt.topic", "mqtt.username", "mqtt.clientid",
    "opcua.transport.type", "opcua.servicenodeid.numeric",
    "opcua.AttributeId", "opcua.security.scert",
    "opcua.ServerCertificate", "opcua.ClientCertificate",
    "dns.id", "dns.flags.response", "dns.flags.opcode", "dns.count.queries",
    "dns.qry.name",
    "tls.handshake.extensions_server_name", "tls.handshake.ja3",
    "tls.handshake.ja3s", "tls.handshake.certificate", "tls.handshake.type",
    "tls.handshake.version", "tls.handshake.extensions.supported_version",
    "tls.handshake.ciphersuite", "tls.handshake.extension.type",
    "tls.handshake.sig_hash_alg", "tls.handshake.sig_hash_alg_len",
    "tls.handshake.extensions_alpn_str",
    "dhcp.id", "dhcp.option.hostname", "dhcp.option.dhcp",
    "dhcp.option.requested_ip_address",
    "http.request.method", "http.host", "http.user_agent", "http.server",
    "ssh.protocol", "ssh.kex.hassh", "ssh.kex.hasshserver",
    "lldp.tlv.system.name", "lldp.chassis.subtype", "lldp.chassis.id",
    "lldp.port.id",
    "lldp.profinet.subtype",
    "bvlc.function", "bacnet.dadr_mstp", "bacnet.sadr_mstp", "bacapp.type",
    "bacapp.invoke_id", "bacapp.confirmed_service",
    "bacapp.unconfirmed_service", "bacapp.instance_number",
    "bacapp.property_identifier",
    "omron.command", "omron.icf.dtb", "omron.controller.model",
    "snmp.data", "snmp.name", "snmp.request_id",
    "hart_ip.message_type", "hart_ip.message_id", "hart_ip.pt.command",
    "ams.cmdid", "ams.state_response", "ams.ads_indexgroup",
    "tcp.analysis.retransmission", "tcp.analysis.fast_retransmission",
    "tcp.analysis.spurious_retransmission", "tcp.analysis.out_of_order",
    "tcp.analysis.keep_alive", "tcp.analysis.zero_window",
    "tcp.analysis.initial_rtt", "tcp.len", "tcp.stream", "tcp.flags",
]


class Frame:
    """One frame: the values of each field, in the order of their bytes."""

    def __init__(self, line):
        self.values = dict(zip(FIELDS, line.split(SEPARATOR)))
        self.layers = self.values["frame.protocols"].split(":")
        # What an ICMP error quotes was said in another frame.
        self.quoted = "icmp" in self.layers or "icmpv6" in self.layers
        self.copy = False

    def all(self, field):
        text = self.values[field]
        return text.split(AGGREGATOR) if text else []

    def last(self, field):
        values = self.all(field)
        return values[-1] if values else ""

    def over(self, protocol):
        return protocol in self.layers

    @property
    def transport(self):
        return next((layer for layer in reversed(self.layers)
                     if layer in ("tcp", "udp")), "")

    @property
    def time(self):
        return float(self.last("frame.time_epoch"))

    @property
    def network(self):
        """The innermost of ip and ipv6; none where ARP is inside."""
        inner = next((layer for layer in reversed(self.layers)
                      if layer in ("ip", "ipv6", "arp")), "")
        return "" if inner == "arp" else inner

    @property
    def hop_limit(self):
        return self.last("ip.ttl" if self.network == "ip" else "ipv6.hlim")

    def end(self, which):
        """One end, "src" or "dst": its innermost address and its port."""
        ip = self.network
        if not ip:
            return "", ""
        transport = self.transport
        port = self.last(f"{transport}.{which}port") if transport else ""
        return self.last(f"{ip}.{which}"), port

    def goes_to(self, port):
        """Is port where this frame goes, and not where it comes from?"""
        return self.end("dst")[1] == port and self.end("src")[1] != port


class Open:
    """Requests over UDP without an answer yet: the same request once more in
    30 s is a retransmission, and counts once (PROTOCOLS.md section 1.5)."""

    SECONDS = 30

    def __init__(self):
        self.asked = {}

    def is_new(self, frame, what):
        if frame.transport != "udp":
            return True
        key = frame.end("src"), frame.end("dst"), what
        number = frame.last("frame.number")
        time, first = self.asked.get(key, (None, number))
        # What one frame asks for twice is asked for twice.
        known = first != number and frame.time - time <= self.SECONDS
        if not known:
            self.asked[key] = frame.time, number
        return not known

    def answer(self, frame, what):
        self.asked.pop((frame.end("dst"), frame.end("src"), what), None)


class Copies:
    """Mirrored twice: the same packet once more in 10 ms. Counted, but what
    it says was said before (DESIGN.md section 6)."""

    SECONDS = 0.01

    def __init__(self):
        self.seen = {}

    def is_copy(self, frame):
        if frame.last("ip.id") in ("", "0x0000"):
            return False
        key = (frame.end("src"), frame.end("dst"), frame.last("ip.id"),
               frame.last("ip.checksum"), frame.last("tcp.checksum"),
               frame.last("udp.checksum"))
        before, self.seen[key] = self.seen.get(key), frame.time
        return before is not None and frame.time - before <= self.SECONDS


# What tshark knows by its port alone: where otcap recognises it by content at
# another port, tshark is told, so that what both read can be compared.
BY_PORT = {
    "dhcp": ("udp", "dhcp", ("67", "68")),
    "iec104": ("tcp", "iec60870_104", ("2404",)),
    "modbus": ("tcp", "mbtcp", ("502",)),
    "mqtt": ("tcp", "mqtt", ("1883",)),
    "opcua": ("tcp", "opcua", ("4840",)),
    "ssh": ("tcp", "ssh", ("22",)),
}

# TLS inside connections that tshark does not follow into it.
UPGRADES = {("tls", "tcp", "3389")}


def decode_as(reading):
    """Options for tshark; none for a port where two protocols were seen."""
    ports = {}
    for flow in reading.of("flow"):
        if flow["named_by"] == "content" and "port" in flow["server"]:
            network = flow["network"]
            ports.setdefault((network["transport"], str(
                flow["server"]["port"])), set()).add(network["protocol"])
    options = []
    for (transport, port), protocols in sorted(ports.items()):
        protocol = min(protocols)
        over, name, known = BY_PORT.get(protocol, ("", "", ()))
        if (protocol, transport, port) in UPGRADES:
            over, name = transport, protocol
        if len(protocols) == 1 and over == transport and port not in known:
            options += ["-d", f"{transport}.port=={port},{name}"]
    return options


def lines(path, options):
    """A line of fields for each frame, names left unresolved."""
    # IDMP has TCP port 1102, which clients have too, and tshark asks the lower
    # port first.
    command = ["tshark", "-n", "--disable-protocol", "idmp",
               "-r", path, "-T", "fields",
               "-E", "separator=" + SEPARATOR, "-E", "occurrence=a",
               "-E", "aggregator=" + AGGREGATOR]
    command += options
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False,
                          env=dict(os.environ, LC_ALL="C.UTF-8"))
    if done.returncode < 0:
        raise OSError(f"tshark ended by signal {-done.returncode}: {path}")
    text = done.stdout.decode("utf-8", "backslashreplace")
    return [line for line in text.split("\n") if line]


def frames(path, options):
    """The frames of a capture as tshark reads it."""
    return made(lines(path, options))


def made(text):
    found, copies = [Frame(line) for line in text], Copies()
    for frame in found:
        frame.copy = copies.is_copy(frame)
    return found


def frames_of_many(paths, counts):
    """The frames of each of several captures that have no host in common, in
    one run, because most of a run is tshark's start. None where the captures
    do not have the frames that they should."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "all.pcapng")
        done = subprocess.run(["mergecap", "-a", "-w", path, *paths],
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False)
        if done.returncode:
            return None
        text = lines(path, [])
    if len(text) != sum(counts):
        return None
    ends = list(itertools.accumulate(counts))
    return [made(text[end - count:end]) for end, count in zip(ends, counts)]
