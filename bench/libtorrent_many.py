"""libtorrent with many complete torrents. usage: libtorrent_many.py ADDRESS PORT TORRENTS DATA"""
import os
import sys
import time

import libtorrent as lt

address, port, torrents, data = sys.argv[1:]
session = lt.session({
    "listen_interfaces": f"{address}:{port}",
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "alert_mask": 0,
})
print("listening", flush=True)
names = os.listdir(torrents) if torrents != "-" else []
for name in names:
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(os.path.join(torrents, name))
    parameters.save_path = data
    parameters.flags |= lt.torrent_flags.seed_mode
    parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    session.async_add_torrent(parameters)
while len(session.get_torrents()) < len(names):
    time.sleep(0.01)
print("started", len(names), flush=True)
while True:
    time.sleep(3600)
