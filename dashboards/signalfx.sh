#!/bin/sh
# Makes the dashboard of signalfx.json, and its charts, in Splunk Observability.
#
#   SFX_API_TOKEN=.. dashboards/signalfx.sh us1 [GROUP]
#
# us1 is the realm, or the whole address of its API. The token is one of a user or with the API
# scope; an ingest token may not make dashboards. GROUP is the id of a dashboard group; without
# one a new group is made. Needs curl and jq.
set -eu
: "${SFX_API_TOKEN:?set it to a token that may make dashboards}"
realm=${1:?say which realm, such as us1}
group=${2:-}
case $realm in
    http://* | https://*) api=$realm ;;
    *) api=https://api.$realm.signalfx.com ;;
esac
file=$(dirname "$0")/signalfx.json

# The token goes by a file descriptor: arguments can be seen by everybody on the machine.
post() {
    printf 'header = "X-SF-Token: %s"\n' "$SFX_API_TOKEN" | curl --silent --show-error \
        --fail-with-body --config - --header 'Content-Type: application/json' --data "$2" "$api$1"
}

dashboard=$(jq --arg group "$group" \
    '.dashboard | if $group == "" then . else .groupId = $group end' "$file")
count=$(jq '.charts | length' "$file")
index=0
while [ "$index" -lt "$count" ]; do
    chart=$(jq -c --argjson index "$index" '.charts[$index]' "$file")
    id=$(post /v2/chart "$chart" | jq -er .id)
    dashboard=$(printf '%s' "$dashboard" | jq --argjson chart "$chart" --arg id "$id" \
        '(.charts[] | select(.chartId == $chart.name)).chartId = $id')
    index=$((index + 1))
done
post /v2/dashboard "$dashboard" | jq -r '"dashboard \(.id) in group \(.groupId)"'
