# One image for all three processes; docker-compose.yml and deploy/kubernetes say which one runs.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY docs ./docs
COPY src ./src
COPY jobs ./jobs
COPY bin ./bin
USER node
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s CMD ["node", "bin/health.ts"]
CMD ["node", "bin/bot.ts"]
