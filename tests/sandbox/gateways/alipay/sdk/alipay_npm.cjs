// The official npm SDK `alipay-sdk`, unchanged, as a merchant's program: settings come as JSON on standard input,
// what each call gave goes out as one JSON object.
const { readFileSync } = require('node:fs')
const { createRequire } = require('node:module')

const town = JSON.parse(readFileSync(0, 'utf8'))
const { AlipaySdk } = createRequire(`${town.installed}/`)('alipay-sdk')

const publicKeyMode = {
  appId: town.appId, privateKey: town.privateKey, keyType: 'PKCS8', alipayPublicKey: town.alipayPublicKey,
  gateway: `${town.base}/gateway.do`,
}
const certificateMode = {
  appId: town.appId, privateKey: town.privateKey, keyType: 'PKCS8', gateway: `${town.base}/gateway.do`,
  appCertContent: town.appCertificate, alipayPublicCertContent: town.alipayCertificate,
  alipayRootCertContent: town.rootCertificates,
}

const control = (path, body) => fetch(`${town.base}/sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) })

async function exec(sdk, method, bizContent, more = {}) {
  try {
    return await sdk.exec(`alipay.trade.${method}`, { ...more, bizContent }, { validateSign: true })
  } catch (error) {
    return { thrown: error.message }
  }
}

async function buy(settings, outTradeNo) {
  const sdk = new AlipaySdk(settings)
  const trade = { outTradeNo }
  const order = { ...trade, totalAmount: '88.80', subject: '数字证书续期', qrCodeTimeoutExpress: '5m' }
  const precreate = await exec(sdk, 'precreate', order, { notify_url: `${town.base}/nowhere` })
  const unscanned = await exec(sdk, 'query', trade)
  await control('pay', { qr: precreate.qrCode })
  const paid = await exec(sdk, 'query', trade)
  const refund = await exec(sdk, 'refund', { ...trade, refundAmount: '88.80', outRequestNo: `R${outTradeNo}` })
  const refunded = await exec(sdk, 'fastpay.refund.query', { ...trade, outRequestNo: `R${outTradeNo}` })
  return { precreate, unscanned, paid, refund, refunded }
}

async function faulty(name) {
  await control('faults', { name })
  return await exec(new AlipaySdk(publicKeyMode), 'query', { outTradeNo: 'K1' })
}

async function main() {
  const query = (settings) => exec(new AlipaySdk({ ...publicKeyMode, ...settings }), 'query', { outTradeNo: 'K1' })
  process.stdout.write(JSON.stringify({
    publicKey: await buy(publicKeyMode, 'K1'),
    certificate: await buy(certificateMode, 'K2'),
    wrongAlipayKey: await query({ alipayPublicKey: town.appPublicKey }),
    wrongAppKey: await new AlipaySdk({ ...publicKeyMode, privateKey: town.strangersKey })
      .exec('alipay.trade.query', { bizContent: { outTradeNo: 'K1' } }),
    strangersSignature: await faulty('wrong-signature'),
    afterwards: await query({}),
  }))
}

main()
