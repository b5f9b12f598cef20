#!/bin/bash
# The renewal of `ca-kiosk renew` with shell tools, at the same desk: one TLS connection that is kept (openssl s_client),
# pkcs11-tool for the token, bash for JSON and DER. A P-256 key; nothing is waited for that could be done meanwhile.
#
# shell.sh TOWN PIN_FILE MODULE LABEL: TOWN is the folder of `sandbox up`, LABEL the token's, whose one certificate is
# renewed. Prints `pay QR`, `paid`, and `installed CALLS` with the number of calls of the desk.
set -eu
export LC_ALL=C TZ=UTC0
town=$(realpath "$1") MODULE=$3 TOKEN=$4 NEW_ID=77
IFS= read -r PIN <"$2" || [ -n "$PIN" ]
export PIN
# answer NAME: what answers.toml says
answers=$(<"$town/answers.toml")
answer() { [[ $answers =~ (^|$'\n')$1\ =\ \"?([^\"$'\n']*) ]] && answer=${BASH_REMATCH[2]}; }
[[ $(<"$town/sandbox.json") =~ \"desk\":\ ?\"https://([^\"]+) ]] && host=${BASH_REMATCH[1]}
answer account; account=$answer
answer password; password=$answer
answer term_months; form="{\"term_months\":$answer"
for name in id_type id_number name mobile email; do
    answer $name
    case $name in id_*) form+=",\"$name\":\"$answer\"" ;; *) form+=",\"agent_$name\":\"$answer\"" ;; esac
    case $name in name|mobile) form+=",\"recipient_$name\":\"$answer\"" ;; esac
done
answer address; form+=",\"recipient_address\":\"$answer\"}"
answer method; method=$answer
answer tax_number; invoice="{\"tax_number\":\"$answer\""
answer title; invoice+=",\"title\":\"$answer\"}"
work=$(mktemp -d "${TMPDIR:-/tmp}/shell-renewal.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
public() { pkcs11-tool --module "$MODULE" --token-label "$TOKEN" "$@" 2>/dev/null; }
token() { pkcs11-tool --module "$MODULE" --token-label "$TOKEN" --login --pin env:PIN "$@" >tool.out 2>&1; }

# --- HTTP/1.1 on one connection -------------------------------------------------------------------------------------
coproc TLS { exec openssl s_client -quiet -connect "$host" -verify_return_error -CAfile "$town/tls/ca.pem" -alpn http/1.1 2>/dev/null; }
session=
calls=0
# call METHOD PATH [BODY]: the answer's body in $body
call() {
    local line length=0 key= given=${3-}
    calls=$((calls + 1))
    [ "$1" = GET ] || key=$'Idempotency-Key: '$calls-$$-$RANDOM$RANDOM$'\r\n'
    printf '%s /v1/%s HTTP/1.1\r\nHost: %s\r\nKiosk-Version: 99.0.0\r\nAccept: application/json\r\n%s%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
        "$1" "$2" "$host" "$key" "$session" "${#given}" "$given" >&"${TLS[1]}"
    IFS=' ' read -r _ status _ <&"${TLS[0]}"
    while IFS= read -r line <&"${TLS[0]}" && line=${line%$'\r'} && [ -n "$line" ]; do
        case ${line,,} in content-length:*) length=${line##*[!0-9]} ;; esac
    done
    body=
    [ "$length" = 0 ] || IFS= read -r -N "$length" body <&"${TLS[0]}"
    case $status in 2??) ;; *) echo "$1 $2: $status $body" >&2; exit 1 ;; esac
}
# field NAME: a text of the answer without escapes in it, or a number
field() { [[ $body =~ \"$1\":\"?([^\",}]*) ]] && value=${BASH_REMATCH[1]}; }

# --- DER in hex -----------------------------------------------------------------------------------------------------
hex() { xxd -p -c0 "$1"; }
# der TAG HEX...: an element in $der
der() {
    local tag=$1 content size
    shift
    content=; for size in "$@"; do content+=$size; done
    size=$(( ${#content} / 2 ))
    if ((size < 128)); then printf -v der '%s%02x%s' "$tag" "$size" "$content"
    elif ((size < 256)); then printf -v der '%s81%02x%s' "$tag" "$size" "$content"
    else printf -v der '%s82%04x%s' "$tag" "$size" "$content"; fi
}
# span HEX AT: where the content of the element at AT begins ($begin) and ends ($end)
span() {
    local length=$((16#${1:$2+2:2}))
    begin=$(($2 + 4))
    if ((length > 128)); then
        local octets=$(( (length - 128) * 2 ))
        length=$((16#${1:begin:octets})); begin=$((begin + octets))
    fi
    end=$((begin + length * 2))
}
sha256=608648016503040201
der 06 $sha256; der 30 "$der"; SHA256=$der
ECDSA=300a06082a8648ce3d040302
DATA=06092a864886f70d010701
# signed HEX ID: the DER signature of the octets by the token's key in $signature
signed() {
    printf %s "$1" | xxd -r -p | openssl dgst -sha256 -binary >digest
    token --sign --mechanism ECDSA --signature-format openssl --id "$2" -i digest -o signature
    signature=$(hex signature)
}

# --- from the token to the bill ---------------------------------------------------------------------------------------
( public --list-objects --type cert >listed
  [[ $(<listed) =~ ID:\ +([0-9a-f]+) ]] && echo "${BASH_REMATCH[1]}" >id
  public --read-object --type cert --id "${BASH_REMATCH[1]}" -o old.der ) &
reading=$!
call POST sessions "{\"account\":\"$account\",\"password\":\"$password\"}"
field token
session=$'Authorization: Bearer '$value$'\r\n'
wait $reading
read -r OLD_ID <id
token --keypairgen --key-type EC:prime256v1 --id "$NEW_ID" --label new --read-object --type pubkey -o new.spki &
making=$!
old=$(hex old.der)
old64=$(base64 -w0 old.der)
call GET documents/notice
call GET documents/agreement
field version; version=$value
field digest; digest=$value
call POST offers "{\"certificate\":\"$old64\",\"spki\":\"\",\"finished\":true}"
field fee_fen
call PUT applications "{\"certificate\":\"$old64\",\"agreement_version\":\"$version\",\"agreement_digest\":\"$digest\",\"form\":$form,\"fee_fen\":$value}"
field business_no; number=$value
[[ $body =~ \"statement\":\"(([^\"\\]|\\.)*)\" ]]; statement=${BASH_REMATCH[1]}
statement=${statement//\\\"/\"}; statement=${statement//\\\\/\\}

span "$old" 0; span "$old" "$begin"; at=$begin
parts=()
while ((${#parts[@]} < 7)); do
    span "$old" "$at"
    parts+=("${old:at:end-at}"); at=$end
done
serial=${parts[1]} issuer=${parts[3]} subject=${parts[5]}
wait $making
der 30 020100 "$subject" "$(hex new.spki)" a000; info=$der
signed "$info" "$NEW_ID"
der 03 00 "$signature"; der 30 "$info" $ECDSA "$der"
csr=$'-----BEGIN CERTIFICATE REQUEST-----\n'$(xxd -r -p <<<"$der" | base64 -w64)$'\n-----END CERTIFICATE REQUEST-----\n'
printf '%s\n%s' "$statement" "$csr" >content
read -r hash _ < <(sha256sum content)
printf -v now '%(%y%m%d%H%M%SZ)T' -1
der 31 $DATA; der 30 06092a864886f70d010903 "$der"; attributes=$der
der 17 "$(printf %s "$now" | xxd -p)"; der 31 "$der"; der 30 06092a864886f70d010905 "$der"; attributes+=$der
der 04 "$hash"; der 31 "$der"; der 30 06092a864886f70d010904 "$der"; attributes+=$der
der 31 "$attributes"
signed "$der" "$OLD_ID"
der 30 "$issuer" "$serial"; signer=020101$der$SHA256
der a0 "$attributes"; signer+=$der$ECDSA
der 04 "$signature"; der 30 "$signer$der"; der 31 "$der"; signers=$der
der 31 $SHA256; algorithms=$der
der 04 "$(hex content)"; der a0 "$der"; der 30 $DATA "$der"; enclosed=$der
der a0 "$old"; der 30 020101 "$algorithms" "$enclosed" "$der" "$signers"
der a0 "$der"; der 30 06092a864886f70d010702 "$der"
call PUT "applications/$number/request" "{\"csr\":\"$(base64 -w0 <<<"${csr%$'\n'}")\",\"evidence\":\"$(xxd -r -p <<<"$der" | base64 -w0)\"}"
call POST "applications/$number/payments" "{\"method\":\"$method\",\"invoice\":$invoice}"
until [[ $body =~ \"qr\":\"([^\"]+)\" ]]; do call GET "applications/$number"; done
echo "pay ${BASH_REMATCH[1]}"

# --- from the money to the installed certificate ----------------------------------------------------------------------
paid=
until [[ $body =~ \"status\":\"issued\" ]]; do
    call GET "applications/$number"
    if [ -z "$paid" ] && [[ $body =~ \"status\":\"(issuing|issued)\" ]]; then paid=1; echo paid; fi
done
[[ $body =~ \"certificate\":\"([^\"]+)\" ]]; base64 -d <<<"${BASH_REMATCH[1]}" >new.der
[[ $body =~ \"challenge\":\"([^\"]+)\" ]]; challenge=${BASH_REMATCH[1]}
read -r fingerprint _ < <(sha256sum new.der)
{ printf 'CA-RENEWAL-PROOF-1\n%s\n%s\n' "$number" "$fingerprint"; base64 -d <<<"$challenge"; } >proof
token --write-object new.der --type cert --id "$NEW_ID" --label "$number" --read-object -o back.der
cmp -s new.der back.der
signed "$(hex proof)" "$NEW_ID"
call PUT "applications/$number/proof" "{\"signature\":\"$(base64 -w0 signature)\"}"
[[ $body =~ \"status\":\"installed\" ]]
echo "installed $calls"
