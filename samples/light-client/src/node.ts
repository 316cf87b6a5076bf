// Asks a node over JSON-RPC; nothing it answers is believed here.
const mostBytes = 32 * 1024 * 1024;

export class Node {
  private id = 0;
  constructor(private readonly url: string) {}

  async ask(method: string, ...params: unknown[]): Promise<any> {
    const id = ++this.id;
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
      signal: AbortSignal.timeout(10_000),
    });
    const body = await response.text();
    if (body.length > mostBytes) throw new Error(`the answer to ${method} is too long`);
    const answer = JSON.parse(body);
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    if (answer.id !== id) throw new Error(`the answer to ${method} belongs to another question`);
    return answer.result;
  }
}
