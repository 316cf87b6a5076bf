// A server of models for tests: it speaks Ollama's format, says what it is told to, and remembers what it was asked.
import http from 'node:http';

export const model = 'tiny:latest';

/**
 * Listens on a port; every answer counts 17 tokens of prompt and as many of output as it has words. A word may be a promise: it is waited for.
 */
export async function serveModels(port, words = ['Two', ' plus', ' two', ' is', ' four.']) {
  const asked = [];
  const tag = { name: model, model, modified_at: '2026-01-02T03:04:05.678901234Z', size: 1, digest: 'sha256:0011',
    details: { parent_model: '', format: 'gguf', family: 'x', families: null, parameter_size: '1B', quantization_level: 'Q4_0' },
    capabilities: ['completion', 'tools'] };
  const answers = {
    'GET /api/version': () => ({ version: '0.9.9' }),
    'GET /api/tags': () => ({ models: [tag] }),
    'GET /api/ps': () => ({ models: [] }),
    'POST /api/embed': body => ({ model, embeddings: body.input.map(() => [0.5, -2]), prompt_eval_count: 3 }),
  };
  const server = http.createServer((request, response) => {
    let text = '';
    request.on('data', part => { text += part; });
    request.on('end', async () => {
      const body = text ? JSON.parse(text) : undefined;
      if (request.method === 'POST') asked.push({ path: request.url, body, headers: request.headers });
      const fixed = answers[`${request.method} ${request.url}`];
      if (fixed) return response.setHeader('content-type', 'application/json').end(JSON.stringify(fixed(body)));
      const isChat = request.url === '/api/chat';
      if (!isChat && request.url !== '/api/generate') { response.statusCode = 404; return response.end('{"error":"no"}'); }
      response.setHeader('content-type', 'application/x-ndjson');
      const line = (content, rest) => `${JSON.stringify({ model, created_at: '2026-01-02T03:04:05.678901234Z',
        ...(isChat ? { message: { role: 'assistant', content } } : { response: content }), ...rest })}\n`;
      for (const word of words) {
        response.write(line(await word, { done: false }));
        await new Promise(resolve => setImmediate(resolve));
      }
      response.end(line('', { done: true, done_reason: 'stop', prompt_eval_count: 17, eval_count: words.length,
        total_duration: 5, load_duration: 1, prompt_eval_duration: 2, eval_duration: 2 }));
    });
  });
  await new Promise((resolve, reject) => { server.on('error', reject); server.listen(port, '127.0.0.1', resolve); });
  return { asked, close: () => server.close() };
}
