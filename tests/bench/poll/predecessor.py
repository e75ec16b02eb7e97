"""The predecessor's behaviour, written anew to be measured beside: it describes each kind in turn, reads the first page of
each, and publishes one metric in one call for one item, one after the other. Its clients are made once.

Reads a line, polls, prints what it did as JSON; until there are no more lines.
"""

import json
import resource
import sys
import time

import boto3

LEVELS = {
    "ConnectionState": "ordering requested pending available down deleting deleted rejected".split(),
    "VirtualInterfaceState": "confirming verifying pending available down deleting deleted rejected".split(),
    "VirtualGatewayState": "pending available deleting deleted".split(),
    "BgpPeerState": "verifying pending available deleting deleted".split(),
    "LagState": "requested pending available down deleting deleted".split(),
    "DirectConnectGatewayState": "pending available deleting deleted".split(),
    "DirectConnectGatewayAttachmentState": "attaching attached detaching detached".split(),
    "DirectConnectGatewayAssociationState": "associating associated disassociating disassociated".split(),
}

direct_connect = boto3.client("directconnect")
cloud_watch = boto3.client("cloudwatch")
published = 0


def publish(metric, state, **dimensions):
    global published
    # The predecessor stopped at the first word that it did not know. The words of the benchmark are known.
    level = LEVELS[metric].index(state) + 1
    cloud_watch.put_metric_data(
        Namespace="AWSx/DirectConnect",
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
                "Value": level,
                "Unit": "None",
            }
        ],
    )
    published += 1


def poll():
    for connection in direct_connect.describe_connections()["connections"]:
        publish("ConnectionState", connection["connectionState"], ConnectionId=connection["connectionId"])
    for gateway in direct_connect.describe_virtual_gateways()["virtualGateways"]:
        publish("VirtualGatewayState", gateway["virtualGatewayState"], VirtualGatewayId=gateway["virtualGatewayId"])
    for interface in direct_connect.describe_virtual_interfaces()["virtualInterfaces"]:
        publish(
            "VirtualInterfaceState",
            interface["virtualInterfaceState"],
            VirtualInterfaceId=interface["virtualInterfaceId"],
        )
        for peer in interface["bgpPeers"]:
            publish("BgpPeerState", peer["bgpPeerState"], BgpPeerId=peer["bgpPeerId"])
    for lag in direct_connect.describe_lags()["lags"]:
        publish("LagState", lag["lagState"], LagId=lag["lagId"])
    for gateway in direct_connect.describe_direct_connect_gateways()["directConnectGateways"]:
        id = gateway["directConnectGatewayId"]
        publish("DirectConnectGatewayState", gateway["directConnectGatewayState"], DirectConnectGatewayId=id)
        attachments = direct_connect.describe_direct_connect_gateway_attachments(directConnectGatewayId=id)
        for attachment in attachments["directConnectGatewayAttachments"]:
            publish(
                "DirectConnectGatewayAttachmentState",
                attachment["attachmentState"],
                DirectConnectGatewayId=id,
                VirtualInterfaceId=attachment["virtualInterfaceId"],
            )
        associations = direct_connect.describe_direct_connect_gateway_associations(directConnectGatewayId=id)
        for association in associations["directConnectGatewayAssociations"]:
            publish(
                "DirectConnectGatewayAssociationState",
                association["associationState"],
                AssociationId=association["associationId"],
            )


for line in sys.stdin:
    published = 0
    began = time.perf_counter()
    poll()
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "published": published, "peakKilobytes": peak}), flush=True)
