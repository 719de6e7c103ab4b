# The image of video2text: a Hugging Face Docker Space, or any other place (compose.yaml).
# Needs nothing but backend/ and frontend/. Built for every x86-64; faster kernels are chosen at run time.
# The packages and the reason for each are in backend/packages.txt.

# --- the page ---------------------------------------------------------------------------------------------------
FROM node:24-bookworm-slim AS page
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY backend/openapi.yaml ../backend/
COPY frontend/ ./
RUN npm run build

# --- libav: Debian's source, audio decoders only ----------------------------------------------------------------
# Debian's binary packages of libav bring 140 others (281 MB: video encoders, graphics drivers, fonts). Here it is built
# without any of them: no encoders, no network, no video, nothing that media of strangers could reach but what
# turns sound into samples.
FROM debian:bookworm-slim AS libav
COPY backend/packages.txt /build/
COPY backend/tools/packages /build/tools/
RUN sed -i 's/^Types: deb$/Types: deb deb-src/' /etc/apt/sources.list.d/debian.sources \
    && apt-get update && apt-get install -y --no-install-recommends $(/build/tools/packages image-libav)
WORKDIR /build/source
RUN apt-get source --only-source ffmpeg && mv ffmpeg-*/ ffmpeg
WORKDIR /build/source/ffmpeg
RUN decoders=$(sed -n '/audio codecs/,/subtitles/p' libavcodec/allcodecs.c | grep -o 'ff_[a-z0-9_]*_decoder' \
        | sed 's/^ff_//; s/_decoder$//' | paste -sd,) \
    && ./configure --prefix=/opt/libav --disable-all --disable-autodetect --disable-network --enable-shared --disable-static \
        --enable-avformat --enable-avcodec --enable-swresample --enable-zlib --enable-bzlib \
        --enable-demuxers --enable-parsers --enable-decoder="$decoders" \
    && make -j"$(nproc)" && make install
RUN mkdir /opt/libav/run && cp -P /opt/libav/lib/lib*.so.* /opt/libav/run/

# --- the program ------------------------------------------------------------------------------------------------
FROM debian:bookworm-slim AS program
COPY backend/packages.txt /build/backend/
COPY backend/tools/packages /build/backend/tools/
RUN apt-get update && apt-get install -y --no-install-recommends \
    $(/build/backend/tools/packages build | grep -v -e '^libav' -e '^libsw') libbz2-dev
COPY --from=libav /opt/libav /opt/libav
COPY backend/ /build/backend/
RUN cd /build/backend && PKG_CONFIG_PATH=/opt/libav/lib/pkgconfig cmake --preset image \
    && cmake --build ../build/image --target video2text && strip ../build/image/video2text

# --- weights of the voice detector (checked by SHA-256), the sample video ------------------------------------------
FROM debian:bookworm-slim AS extras
COPY backend/packages.txt /build/
COPY backend/tools/ /build/tools/
RUN apt-get update && apt-get install -y --no-install-recommends $(/build/tools/packages image-extras)
RUN /build/tools/fetch_weights vad --vad /build/share && /build/tools/make_sample /build/sample.mp4

# --- what runs --------------------------------------------------------------------------------------------------
FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="Video to Text Converter" \
      org.opencontainers.image.description="Text and subtitles from video and audio with Whisper, on small machines" \
      org.opencontainers.image.licenses="MIT"
COPY backend/packages.txt /tmp/build/
COPY backend/tools/packages /tmp/build/tools/
RUN apt-get update \
    && apt-get install -y --no-install-recommends $(/tmp/build/tools/packages image) \
    && rm -rf /var/lib/apt/lists/* /tmp/build \
    && useradd --create-home --uid 1000 user \
    && install -d -o user -g user /app /app/models /app/huggingface-cache /app/data
COPY --from=libav /opt/libav/run/ /usr/local/lib/
RUN ldconfig
COPY --from=program /build/build/image/video2text /app/bin/video2text
COPY --from=extras /build/share/silero_vad_16k.safetensors /app/share/
COPY --from=page /build/frontend/dist/ /app/static/
COPY --from=extras /build/sample.mp4 /app/static/sample.mp4
ENV HOST=0.0.0.0 \
    PORT=7860 \
    DATA_DIR=/app/data \
    WHISPER_CACHE_DIR=/app/models \
    HF_HOME=/app/huggingface-cache
ENV HOME=/home/user
USER user
WORKDIR /app
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/bin/bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/$PORT && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '200 OK' <&3"]
STOPSIGNAL SIGTERM
CMD ["/app/bin/video2text", "serve"]
