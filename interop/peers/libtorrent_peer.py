"""libtorrent as a peer: seeds or fetches one torrent, and says when it is complete.

usage: libtorrent_peer.py TORRENT|MAGNET FOLDER ADDRESS PORT [seed] [super] [mute] [utp] [both] [dht=HOST:PORT] [PEER_ADDRESS PEER_PORT]

seed: the data is there and is not hashed; super: super-seeding (BEP 16); mute: never uploads;
utp: speaks uTP and no TCP; both: speaks both; dht: a node to begin with.
"""
import sys

import libtorrent as lt

source, folder, address, port, *rest = sys.argv[1:]
words = {word for word in rest if word in ("seed", "super", "mute", "utp", "both")}
nodes = [word[len("dht=") :] for word in rest if word.startswith("dht=")]
peer = [word for word in rest if word not in words and not word.startswith("dht=")]
settings = {
    "listen_interfaces": f"{address}:{port}",
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_outgoing_utp": "utp" in words or "both" in words,
    "enable_incoming_utp": "utp" in words or "both" in words,
    "enable_outgoing_tcp": "utp" not in words,
    "enable_incoming_tcp": "utp" not in words,
    "out_enc_policy": 2,
    "in_enc_policy": 2,
    "alert_mask": lt.alert.category_t.error_notification | lt.alert.category_t.status_notification,
}
if nodes:
    settings["enable_dht"] = True
    settings["dht_bootstrap_nodes"] = nodes[0]
    # Seconds; the default of a quarter of an hour is for those who come first.
    settings["dht_announce_interval"] = 5
    # A laboratory has one network, and that is none of the internet.
    settings["dht_restrict_routing_ips"] = False
    settings["dht_restrict_search_ips"] = False
    settings["dht_ignore_dark_internet"] = False
if "mute" in words:
    settings["unchoke_slots_limit"] = 0
    settings["allowed_fast_set_size"] = 0
session = lt.session(settings)
if "mute" in words:
    # By default peers in private networks are of a class that needs no slot.
    session.set_peer_class_filter(lt.ip_filter())
if source.startswith("magnet:"):
    parameters = lt.parse_magnet_uri(source)
else:
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(source)
parameters.save_path = folder
# The auto manager would let half a second pass before it starts a torrent.
parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
if "seed" in words:
    parameters.flags |= lt.torrent_flags.seed_mode
if "super" in words:
    parameters.flags |= lt.torrent_flags.super_seeding
handle = session.add_torrent(parameters)
if peer:
    handle.connect_peer((peer[0], int(peer[1])))
print("listening", session.listen_port(), flush=True)
told = False
while True:
    if not told and handle.status().is_seeding:
        told = True
        print("complete", flush=True)
    session.wait_for_alert(1000)
    for alert in session.pop_alerts():
        if alert.category() & lt.alert.category_t.error_notification:
            print("alert", alert.message(), file=sys.stderr, flush=True)
