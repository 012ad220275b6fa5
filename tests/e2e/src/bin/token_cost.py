"""Renews an access token with nothing but the standard library: renew.py ENDPOINT CLIENT-ID FILE."""
import json
import sys
import urllib.parse
import urllib.request

endpoint, client, file = sys.argv[1:]
with open(file, encoding="utf-8") as kept:
    form = {"grant_type": "refresh_token", "client_id": client, "refresh_token": kept.read()}
answer = json.load(urllib.request.urlopen(endpoint, urllib.parse.urlencode(form).encode()))
with open(file, "w", encoding="utf-8") as kept:
    kept.write(answer["refresh_token"])
print(answer["access_token"])
