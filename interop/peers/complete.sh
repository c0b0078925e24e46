#!/bin/sh
# aria2 calls this when a download is complete and seeding begins; standard output is aria2's.
echo complete
