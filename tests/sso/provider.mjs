// An OpenID Connect provider: `node provider.mjs MODULES PORT REDIRECT_URI SECRET PEOPLE`. PORT 0 takes a free one; it is printed once
// it listens. PEOPLE is JSON: for each login name the claims of that person. Keys are new at each start.
import { createRequire } from 'node:module';
import { generateKeyPairSync } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const [modules, port, redirect, secret, people] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')).href);
const known = JSON.parse(people);

const key = (kind, options, alg) => ({
    ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }),
    use: 'sig',
    alg,
});
const keys = [
    key('rsa', { modulusLength: 2048 }, 'RS256'),
    key('ec', { namedCurve: 'P-256' }, 'ES256'),
    key('ed25519', {}, 'EdDSA'),
];
const client = (id, alg) => ({
    client_id: id,
    client_secret: secret,
    redirect_uris: [redirect],
    id_token_signed_response_alg: alg,
});

const configuration = {
    clients: [client('divbase', 'RS256'), client('divbase-es', 'ES256'), client('divbase-ed', 'EdDSA')],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: [secret] },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'EdDSA'] },
    jwks: { keys },
    pkce: { required: () => true },
    findAccount: (_, id) => known[id] && {
        accountId: id,
        claims: () => ({ sub: id, ...known[id] }),
    },
};

// The issuer has the port in it, so the port comes first.
const { createServer } = await import('node:http');
const server = createServer((request, response) => answer(request, response));
let answer = (_, response) => response.writeHead(503).end();
server.listen(Number(port), '127.0.0.1', () => {
    const issuer = `http://127.0.0.1:${server.address().port}`;
    answer = new Provider(issuer, configuration).callback();
    console.log(server.address().port);
});
