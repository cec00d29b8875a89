/** The socket as a test holds it: the last that a page has opened, what it is told, and how it ends. */
export class Socket {
  static last: Socket;
  static opened = 0;
  readonly url: string;
  readyState = 1;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;

  constructor(url: string) {
    this.url = url;
    Socket.last = this;
    Socket.opened += 1;
  }

  tell(event: object): void {
    this.onmessage!({ data: JSON.stringify(event) });
  }

  end(code: number): void {
    this.onclose!({ code });
  }

  send(): void {}
  close(): void {}
}
