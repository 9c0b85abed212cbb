// The same function on the official Node runtime interface client.
exports.handler = async (event) => ({
  statusCode: 200,
  headers: {"content-type": "application/json"},
  body: JSON.stringify({path: event.rawPath}),
  isBase64Encoded: false
});
