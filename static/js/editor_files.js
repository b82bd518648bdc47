// Files for <cx-editor>: pasted, dropped or chosen, sent one after the other, each with its progress.
let number = 0;

class Sender {
  constructor(editor) {
    this.editor = editor;
    this.chooser = editor.querySelector("input[type=file]");
    this.state = editor.querySelector(".editor__progress");
    this.queue = Promise.resolve();
    this.waiting = 0;
    this.chooser.addEventListener("change", () => {
      this.take(this.chooser.files);
      this.chooser.value = "";
    });
    editor.do_file = () => this.chooser.click();
    editor.text.addEventListener("paste", (event) => this.onPaste(event));
    editor.form.addEventListener("submit", (event) => this.onSubmit(event), { capture: true });
    editor.addEventListener("dragover", (event) => this.onDrag(event));
    editor.addEventListener("dragleave", () => editor.classList.remove("editor--takes"));
    editor.addEventListener("drop", (event) => this.onDrop(event));
  }

  // Text processors put a picture of the text beside the text: then the text is meant.
  onPaste(event) {
    const { files, types } = event.clipboardData;
    if (!files.length || types.includes("text/plain")) return;
    event.preventDefault();
    this.take(files);
  }

  onDrag(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.editor.classList.add("editor--takes");
  }

  onDrop(event) {
    this.editor.classList.remove("editor--takes");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    this.take(event.dataTransfer.files);
  }

  take(files) {
    for (const file of files) {
      number += 1;
      const placeholder = `![${this.say("uploading", { NAME: file.name.replace(/[[\]]/g, "") })} ${number}]()`;
      this.editor.insert(placeholder);
      this.waiting += 1;
      this.queue = this.queue.then(() => this.send(file, placeholder)).finally(() => { this.waiting -= 1; });
    }
  }

  // The text waits for its files: else it would be saved without them.
  async onSubmit(event) {
    if (!this.waiting || event.defaultPrevented) return;
    const { submitter } = event;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.isHeldBack) return;
    this.isHeldBack = true;
    await this.queue;
    this.isHeldBack = false;
    if (this.editor.isConnected) this.editor.form.requestSubmit(submitter);
  }

  async send(file, placeholder) {
    const { text } = this.editor;
    let markdown = "";
    try {
      markdown = await this.post(file);
    } catch (error) {
      this.fail(file.name, error.message);
    }
    this.state.textContent = "";
    const at = text.value.indexOf(placeholder);
    if (at < 0) return;
    const { selectionStart, selectionEnd } = text;
    const shift = markdown.length - placeholder.length;
    const moved = (place) => (place <= at ? place : Math.max(at, place + shift));
    this.editor.insert(markdown, at, at + placeholder.length);
    text.setSelectionRange(moved(selectionStart), moved(selectionEnd));
  }

  post(file) {
    const { dataset, form } = this.editor;
    const body = new FormData();
    body.append("file", file, file.name || "image.png");
    if (dataset.subject) body.append("subject_id", dataset.subject);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", dataset.files);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRFToken", form.elements.csrf_token.value);
      request.upload.addEventListener("progress", ({ loaded, total }) => this.progress(file.name, loaded / total));
      request.addEventListener("error", () => reject(new Error(document.getElementById("flash").dataset.offline)));
      request.addEventListener("load", () => {
        const answer = parsed(request.responseText);
        if (request.status === 201 && answer?.markdown) resolve(answer.markdown);
        else reject(new Error(answer?.detail ?? answer?.error ?? document.getElementById("flash").dataset.failed));
      });
      request.send(body);
    });
  }

  progress(name, share) {
    this.state.textContent = `${this.say("uploading", { NAME: name })} ${Math.round(share * 100)} %`;
  }

  fail(name, why) {
    document.dispatchEvent(new CustomEvent("cx:failed", { detail: this.say("refused", { NAME: name, WHY: why }) }));
  }

  say(sentence, words) {
    return this.editor.dataset[sentence].replace(/NAME|WHY/g, (word) => words[word]);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// Each editor asks for this when it is there; those that are there already get it now.
customElements.whenDefined("cx-editor").then(() => {
  const equip = (root) => {
    for (const editor of root.querySelectorAll("cx-editor[data-files]")) {
      if (editor.text && !editor.sender) editor.sender = new Sender(editor);
    }
  };
  equip(document);
  document.addEventListener("htmx:load", ({ target }) => equip(target.parentElement ?? document));
});
