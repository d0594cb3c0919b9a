#!/usr/bin/env bash
# Makes the AAC fixtures of src/formats/audio/fixtures with ffmpeg 5.1 and its own encoder: clicks, a sweep and speech-like
# bursts (long and short windows, both window shapes, noise shaping, mid/side and intensity stereo; no noise bands, which
# every decoder fills with a noise of its own), the decode of it by ffmpeg, and packets without a file around them.
set -euo pipefail
cd "$(dirname "$0")/../src/formats/audio/fixtures"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
signal='0.4*sin(2*PI*(300+4000*t)*t)*gt(mod(t*9\,1)\,0.4)+0.6*lt(mod(t*7+0.2\,1)\,0.004)'
ffmpeg -v error -y -f lavfi -i "aevalsrc=$signal|0.7*($signal)+0.1*sin(2*PI*5000*t):s=44100:d=0.25" -c:a pcm_s16le "$work/in.wav"
ffmpeg -v error -y -i "$work/in.wav" -c:a aac -aac_pns 0 -b:a 48k -fflags +bitexact -map_metadata -1 transients.m4a
ffmpeg -v error -y -i transients.m4a -t 0.25 -c:a pcm_s24le -bitexact transients-decoded.wav
ffmpeg -v error -y -i transients.m4a -c:a copy -f adts transients.aac
