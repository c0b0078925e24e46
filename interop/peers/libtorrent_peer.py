"""libtorrent as a peer: seeds or fetches one torrent, and says when it is complete.

usage: libtorrent_peer.py TORRENT|MAGNET FOLDER ADDRESS PORT [seed] [PEER_ADDRESS PEER_PORT]
"""
import sys
import time

import libtorrent as lt

source, folder, address, port, *rest = sys.argv[1:]
session = lt.session({
    "listen_interfaces": f"{address}:{port}",
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_outgoing_utp": False,
    "enable_incoming_utp": False,
    "out_enc_policy": 2,
    "in_enc_policy": 2,
    "alert_mask": lt.alert.category_t.error_notification,
})
if source.startswith("magnet:"):
    parameters = lt.parse_magnet_uri(source)
else:
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(source)
parameters.save_path = folder
if "seed" in rest:
    parameters.flags |= lt.torrent_flags.seed_mode
    rest.remove("seed")
handle = session.add_torrent(parameters)
if rest:
    handle.connect_peer((rest[0], int(rest[1])))
print("listening", session.listen_port(), flush=True)
told = False
while True:
    status = handle.status()
    if status.is_seeding and not told:
        told = True
        print("complete", flush=True)
    for alert in session.pop_alerts():
        print("alert", alert.message(), file=sys.stderr, flush=True)
    time.sleep(0.05)
